// Parsing pipelined requests and writing replies.
#include <benchmark/benchmark.h>

#include <string>

#include "resp/reply_writer.h"
#include "resp/request_parser.h"

namespace redpoll::resp {
namespace {

constexpr int kPipeline = 64;

std::string pipelined(std::string_view command, size_t value_size) {
  std::string stream;
  for (int i = 0; i < kPipeline; ++i) {
    stream += value_size ? "*3\r\n" : "*2\r\n";
    stream += "$3\r\n" + std::string(command) + "\r\n$16\r\nkey:" + std::to_string(100000000000 + i) + "\r\n";
    if (value_size) {
      stream += "$" + std::to_string(value_size) + "\r\n" + std::string(value_size, 'v') + "\r\n";
    }
  }
  return stream;
}

void parse(benchmark::State& state, const std::string& stream) {
  RequestParser parser;
  ArgList args;
  const RequestLimits limits;
  int64_t requests = 0;
  for (auto _ : state) {
    size_t pos = 0;
    args.clear();
    while (parser.next(stream, pos, args, limits) == ParseStatus::request) ++requests;
    benchmark::DoNotOptimize(args.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(requests);
  state.SetBytesProcessed(static_cast<int64_t>(stream.size()) * static_cast<int64_t>(state.iterations()));
}

void parse_get(benchmark::State& state) { parse(state, pipelined("GET", 0)); }
void parse_set(benchmark::State& state) {
  parse(state, pipelined("SET", static_cast<size_t>(state.range(0))));
}
BENCHMARK(parse_get);
BENCHMARK(parse_set)->Arg(8)->Arg(64)->Arg(512);

void parse_inline(benchmark::State& state) {
  std::string stream;
  for (int i = 0; i < kPipeline; ++i) stream += "PING\r\n";
  parse(state, stream);
}
BENCHMARK(parse_inline);

// Every request cut in the middle, as at the end of each read.
void parse_cut(benchmark::State& state) {
  const std::string stream = pipelined("SET", 64).substr(0, 110);
  RequestParser parser;
  ArgList args;
  const RequestLimits limits;
  for (auto _ : state) {
    size_t pos = 0;
    args.clear();
    benchmark::DoNotOptimize(parser.next(std::string_view(stream).substr(0, 60), pos, args, limits));
    benchmark::DoNotOptimize(parser.next(stream, pos, args, limits));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(parse_cut);

// kPipeline replies into a buffer that is then sent.
template <class Write>
void reply(benchmark::State& state, Write write) {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  for (auto _ : state) {
    {
      ReplyWriter out(buffer);
      for (int i = 0; i < kPipeline; ++i) write(out, i);
    }
    benchmark::ClobberMemory();
    buffer.consume(buffer.size_bytes());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kPipeline);
}

void reply_ok(benchmark::State& state) {
  reply(state, [](ReplyWriter& out, int) { out.ok(); });
}
void reply_integer(benchmark::State& state) {
  reply(state, [](ReplyWriter& out, int i) { out.integer(i * 1000); });
}
void reply_bulk(benchmark::State& state) {
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  reply(state, [&](ReplyWriter& out, int) { out.bulk(value); });
}
void reply_blob(benchmark::State& state) {
  const auto value = mem::Blob::copy_of(std::string(static_cast<size_t>(state.range(0)), 'v'));
  reply(state, [&](ReplyWriter& out, int) { out.bulk(value); });
}
void reply_deferred(benchmark::State& state) {
  reply(state, [](ReplyWriter& out, int) {
    const auto array = out.begin_array();
    for (int i = 0; i < 10; ++i) out.bulk("element");
    out.end(array, 10);
  });
}
BENCHMARK(reply_ok);
BENCHMARK(reply_integer);
BENCHMARK(reply_bulk)->Arg(64)->Arg(1000)->Arg(16384)->Arg(65536);
BENCHMARK(reply_blob)->Arg(16384)->Arg(65536);
BENCHMARK(reply_deferred);

}  // namespace
}  // namespace redpoll::resp
