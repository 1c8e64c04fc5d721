internal import JSON

extension Route {
  /// What is wrong with the parameters of a request; empty when nothing is.
  func complaints(about request: APIRequest, _ path: PathParameters) -> FlattenedError {
    var complaints = FlattenedError()
    for parameter in parameters {
      let values =
        switch parameter.place {
        case .path: [path[parameter.name]]
        case .query: request.query.all(parameter.name)
        case .header: request.headers.all(parameter.name)
        }
      guard let text = values.first else {
        if parameter.isRequired { complaints.add(parameter.name, "Required") }
        continue
      }
      guard values.count == 1 else {
        complaints.add(parameter.name, "Expected string, received array")
        continue
      }
      for complaint in parameter.schema.complaints(about: parameter.schema.value(ofParameter: text)) {
        complaints.add(parameter.name, complaint.message)
      }
    }
    return complaints
  }

  /// The body's JSON, when it has the form that the route takes; null where it may be and is left out.
  func document(of request: APIRequest) throws(APIError) -> JSONValue {
    guard let body else { return .null }
    guard request.body.count <= body.limit else { throw .tooLarge(limit: body.limit) }
    guard !request.body.isEmpty else {
      guard body.isRequired else { return .null }
      throw .invalid(FlattenedError(formErrors: ["Required"]))
    }
    if let type = request.headers["content-type"], !Self.isJSON(type) {
      throw APIError(415, "the body must be application/json")
    }
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONValue(
        parsing: request.body, limits: JSONLimits(bytes: body.limit, depth: 32, duplicateNames: .refused))
    } catch {
      throw .badRequest(error.description)
    }
    let complaints = FlattenedError(body.schema.complaints(about: value))
    guard complaints.isEmpty else { throw .invalid(complaints) }
    return value
  }

  private static func isJSON(_ contentType: String) -> Bool {
    let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    return type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
  }
}
