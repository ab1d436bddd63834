// Stands in for the <sys/event.h> of BSD, so that the kqueue backend can be compiled and tested elsewhere.
//
// Names and meanings are those of kqueue(2) of FreeBSD; kqueue.cc tells what is made of them. The real thing
// has macros here.
#pragma once
// As the real one is: that a function and a structure share their name is no reason for a warning.
#pragma GCC system_header

#include <cstdint>
#include <ctime>

inline constexpr short EVFILT_READ = -1;
inline constexpr short EVFILT_WRITE = -2;

// Actions of a change.
inline constexpr unsigned short EV_ADD = 0x0001;
inline constexpr unsigned short EV_DELETE = 0x0002;
inline constexpr unsigned short EV_ENABLE = 0x0004;
inline constexpr unsigned short EV_DISABLE = 0x0008;
// Modes of a filter.
inline constexpr unsigned short EV_ONESHOT = 0x0010;
inline constexpr unsigned short EV_CLEAR = 0x0020;
inline constexpr unsigned short EV_RECEIPT = 0x0040;
// What is returned.
inline constexpr unsigned short EV_ERROR = 0x4000;
inline constexpr unsigned short EV_EOF = 0x8000;

struct kevent {
  uintptr_t ident;
  short filter;
  unsigned short flags;
  unsigned fflags;
  int64_t data;
  void* udata;
};

inline void EV_SET(struct kevent* event, uintptr_t ident, short filter, unsigned short flags, unsigned fflags,
                   int64_t data, void* udata) {
  *event = {ident, filter, flags, fflags, data, udata};
}

int kqueue();
int kevent(int kq, const struct kevent* changelist, int nchanges, struct kevent* eventlist, int nevents,
           const timespec* timeout);
