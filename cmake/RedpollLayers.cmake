# redpoll_layer(NAME NEEDS layer... LIBRARIES target...): the sources of src/NAME as a static library.
#
# With REDPOLL_UNITY a layer is compiled as one source: headers are read once, and the compiler sees the layer whole.
# A layer that is large is several: a unit per family of commands, `src/cmd/hash_*.cc` and so on.
function(redpoll_layer name)
  cmake_parse_arguments(arg "" "" "NEEDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(TRANSFORM arg_NEEDS PREPEND redpoll_)
  if(sources)
    add_library(redpoll_${name} STATIC ${sources})
    target_link_libraries(redpoll_${name} PRIVATE redpoll_flags redpoll_coverage PUBLIC ${arg_NEEDS} ${arg_LIBRARIES})
    redpoll_unity(redpoll_${name})
    if(name STREQUAL cmd)
      redpoll_unity_groups(redpoll_${name} hash list set sorted_set string sort)
    endif()
  else()
    add_library(redpoll_${name} INTERFACE)
    target_link_libraries(redpoll_${name} INTERFACE redpoll_flags ${arg_NEEDS} ${arg_LIBRARIES})
  endif()
endfunction()

# redpoll_unity(TARGET): its sources are compiled as one, unless REDPOLL_UNITY is OFF.
function(redpoll_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${REDPOLL_UNITY} UNITY_BUILD_BATCH_SIZE 0)
endfunction()

# redpoll_unity_groups(TARGET word...): rather one for all sources named word.cc or word_*.cc, and one for the rest.
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
