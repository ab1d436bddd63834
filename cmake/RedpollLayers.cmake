# redpoll_layer(NAME [COLD] NEEDS layer... LIBRARIES target...): the sources of src/NAME as a static library redpoll_NAME.
#
# With REDPOLL_LTO there is a second one, redpoll_NAME_shipped, for what is optimised across layers when it is linked:
# the server. Test programs take the first, for each of them would optimise the whole server once more. Nothing of a COLD
# layer runs for each request: it is compiled once, as usual, for both.
#
# With REDPOLL_UNITY a layer is compiled as one source: headers are read once, and the compiler sees the layer whole.
# A layer that is large is several, so that all processors have something to do and a changed line costs little.
function(redpoll_layer name)
  cmake_parse_arguments(arg "COLD" "" "NEEDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  foreach(suffix "" ${REDPOLL_SHIPPED})
    set(target redpoll_${name}${suffix})
    list(TRANSFORM arg_NEEDS REPLACE "(.+)" "redpoll_\\1${suffix}" OUTPUT_VARIABLE needs)
    if(NOT sources)
      add_library(${target} INTERFACE)
      target_link_libraries(${target} INTERFACE redpoll_flags ${needs} ${arg_LIBRARIES})
      continue()
    endif()
    if(suffix AND arg_COLD)
      add_library(${target} STATIC $<TARGET_OBJECTS:redpoll_${name}>)
    else()
      add_library(${target} STATIC ${sources})
      redpoll_unity_layer(${target} ${name})
    endif()
    target_link_libraries(${target} PRIVATE redpoll_flags redpoll_coverage PUBLIC ${needs} ${arg_LIBRARIES})
    if(suffix)
      set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX EXCLUDE_FROM_ALL ON)
      if(NOT arg_COLD)
        set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
      endif()
    endif()
  endforeach()
endfunction()

# The commands are a unit per family: src/cmd/hash_*.cc and so on.
function(redpoll_unity_layer target layer)
  if(layer STREQUAL cmd)
    redpoll_unity(${target})
    redpoll_unity_groups(${target} hash list set sorted_set string sort)
  elseif(layer MATCHES "^(admin|config|server|session)$")
    redpoll_unity(${target} 8)
  else()
    redpoll_unity(${target})
  endif()
endfunction()

# redpoll_unity(TARGET [most]): its sources are compiled as one, or as units of `most` sources.
function(redpoll_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${REDPOLL_UNITY} UNITY_BUILD_BATCH_SIZE "${ARGN}")
  if(NOT ARGN)
    set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 0)
  endif()
endfunction()

# redpoll_unity_groups(TARGET word...): one unit for all sources named word.cc or word_*.cc, and one for the rest.
function(redpoll_unity_groups target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    set(group rest)
    foreach(word ${ARGN})
      if(name MATCHES "^${word}(_|$)")
        set(group ${word})
      endif()
    endforeach()
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()

# redpoll_shipped(TARGET): a program that is optimised across layers.
function(redpoll_shipped target)
  if(REDPOLL_SHIPPED)
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # What the linker compiles does not remember which of its alarms are false: see RedpollOptions.cmake.
      target_link_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow)
    endif()
  endif()
endfunction()
