#include "exec/reply.h"

namespace redpoll::exec {

void Reply::bulk(const store::StringView& value) {
  if (value.blob() != nullptr && value.blob()->size() >= resp::kReferencedFrom) {
    return resp::ReplyWriter::bulk(mem::BlobPtr::share(*value.blob()));
  }
  store::StringView::Digits digits;
  resp::ReplyWriter::bulk(value.text(digits));
}

}  // namespace redpoll::exec
