import Testing

/// Scenarios on real programs, servers and terminals.
@Suite(.turns, .timeLimit(.minutes(3))) struct EndToEnd {}
