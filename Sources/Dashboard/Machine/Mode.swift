/// Who gets the keys: each has its own bindings.
enum Mode: CaseIterable, Sendable {
  case table, detail, filter, question, link, help
}
