#include "exec/reply.h"

namespace redpoll::exec {

// From this size on a value is sent from where it lies: referring to it costs less than copying it.
static constexpr size_t kSendByReference = 16 * 1024;

void Reply::bulk(const store::StringView& value) {
  if (value.blob() != nullptr && value.blob()->size() >= kSendByReference) {
    return resp::ReplyWriter::bulk(mem::BlobPtr::share(*value.blob()));
  }
  store::StringView::Digits digits;
  resp::ReplyWriter::bulk(value.text(digits));
}

}  // namespace redpoll::exec
