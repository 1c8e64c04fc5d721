/// Schemas that more than one route answers with: the components of the OpenAPI document.
package enum NamedSchemas {
  /// Every one by its name.
  package static let all: [String: Schema] = [
    "Error": error,
    "HealthChecks": healthChecks,
    "ValidationError": validationError,
    "Status": status,
    "Descriptor": descriptor,
    "JobResponse": jobResponse,
    "BundleSummary": bundleSummary,
    "BundleResult": bundleResult,
    "Attempt": attempt,
    "Artifact": artifact,
    "Pod": pod,
  ]

  /// The names in the order of the document.
  static let names = all.keys.sorted()

  /// AppHub's failure.
  private static let error = Schema.object([.required("error", .string())])

  /// A failure of form: one line, or zod's flattened object.
  private static let validationError = Schema.object([
    .required(
      "error",
      .oneOf([
        .string(),
        .object([
          .required("formErrors", .array(.string())),
          .required("fieldErrors", .map(.array(.string()))),
        ]),
      ]))
  ])
}
