#include "admin/command_texts.h"

#include "admin/command_reply.h"

namespace redpoll::admin {

namespace {

template <class Write>
mem::BlobPtr encoded(resp::Protocol protocol, Write write) {
  resp::ChunkPool pool(0);
  resp::ReplyBuffer buffer(pool);
  exec::Reply out(buffer, protocol);
  write(out);
  out.detach();
  return mem::Blob::copy_of(buffer.copy());
}

}  // namespace

void CommandTexts::reply(exec::Reply& out, About about, const exec::CommandEntry& entry) {
  mem::BlobPtr& text = texts(about, out.protocol()).of[&entry];
  if (!text) {
    const auto write = about == About::info ? reply_command_info : reply_command_docs;
    text = encoded(out.protocol(), [&](exec::Reply& to) { write(to, entry); });
  }
  out.raw(text);
}

void CommandTexts::reply_all(exec::Reply& out, About about) {
  mem::BlobPtr& all = texts(about, out.protocol()).all;
  if (!all) {
    all = encoded(out.protocol(), [&](exec::Reply& to) {
      const size_t count = commands_.all().size();
      about == About::info ? to.array(count) : to.map(count);
      for (const auto& entry : commands_.all()) reply(to, about, *entry);
    });
  }
  out.raw(all);
}

}  // namespace redpoll::admin
