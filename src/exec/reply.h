// The reply writer that handlers get: the protocol's types, and the values of the store.
#pragma once

#include <optional>

#include "resp/reply_writer.h"
#include "store/element.h"
#include "store/string.h"

namespace redpoll::exec {

class Reply : public resp::ReplyWriter {
 public:
  using resp::ReplyWriter::bulk;
  using resp::ReplyWriter::bulk_or_null;
  using resp::ReplyWriter::ReplyWriter;

  // A string value as a bulk; a large one is sent from where it lies.
  void bulk(const store::StringView& value);
  // An element of a collection as a bulk: replies have many.
  [[gnu::always_inline]] void bulk(const store::Element& element) {
    store::Element::Digits digits;
    bulk(element.text(digits));
  }
  void bulk_or_null(const std::optional<store::StringView>& value) {
    if (value) {
      bulk(*value);
    } else {
      null();
    }
  }
  void bulk_or_null(const std::optional<store::Element>& element) { element ? bulk(*element) : null(); }
};

}  // namespace redpoll::exec
