// The entry point of redpoll-server.
#include "server/startup.h"

int main(int argc, char** argv) { return redpoll::server::start(argc, argv); }
