// Stands in for the <port.h> of Solaris and illumos, so that the evport backend can be compiled and tested
// elsewhere.
//
// Names and meanings are those of port_create(3C), port_associate(3C) and port_get(3C); event_port.cc tells
// what is made of them.
#pragma once

#include <cstdint>
#include <ctime>

inline constexpr int PORT_SOURCE_FD = 4;

struct port_event_t {
  int portev_events;
  unsigned short portev_source;
  unsigned short portev_pad;
  uintptr_t portev_object;
  void* portev_user;
};

int port_create();
int port_associate(int port, int source, uintptr_t object, int events, void* user);
int port_dissociate(int port, int source, uintptr_t object);
int port_get(int port, port_event_t* event, const timespec* timeout);
int port_getn(int port, port_event_t list[], unsigned max, unsigned* nget, const timespec* timeout);
