extension NamedSchemas {
  /// What was looked at, by `component:measurement`.
  static let healthChecks = Schema.map(
    .object([
      .required("status", .choice(HealthCheck.Status.allCases.map(\.rawValue))),
      .optional("observedValue", .number),
      .optional("observedUnit", .string()),
      .optional("output", .string(), "What a person should know."),
    ]))
}
