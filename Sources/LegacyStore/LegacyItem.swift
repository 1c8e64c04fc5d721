/// What one look at a status file, or at a member of the older map, gives.
package enum LegacyItem: Equatable, Sendable {
  case entry(LegacyEntry)
  case defect(LegacyDefect)
}
