/// Where and why a text is not JSON; lines and columns count from 1, columns in bytes.
///
/// Foundation's decoder says only "not valid JSON", which is no help to who wrote the file.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
  package var line: Int
  package var column: Int
  package var what: String

  package var description: String { "not valid JSON: line \(line), column \(column): \(what)" }
}
