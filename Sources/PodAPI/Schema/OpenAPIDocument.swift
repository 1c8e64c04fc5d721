package import JSON

/// The description of an API for programs and people. Source: OpenAPI 3.1.0.
package struct OpenAPIDocument: Sendable {
  private let routes: [Route]
  private let version: String

  /// - Parameters:
  ///   - routes: those of the address that clients know are described.
  package init(routes: [Route], version: String) {
    self.routes = routes.filter { $0.listeners.contains(.api) }
    self.version = version
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("openapi", "3.1.0")
      json.name("info")
      json.object { json in
        json.member("title", "Example bundles")
        json.member("description", "Status, packaging and archives of example bundles. Every pod answers alike.")
        json.member("version", version)
      }
      json.name("paths")
      json.object { writePaths(to: &$0) }
      json.name("components")
      json.object { writeComponents(to: &$0) }
    }
  }

  private func writePaths(to json: inout JSONWriter) {
    var written: Set<PathPattern> = []
    for route in routes where written.insert(route.pattern).inserted {
      json.name(route.pattern.text)
      json.object { json in
        for other in routes where other.pattern == route.pattern {
          json.name(other.method.rawValue.lowercased())
          json.object { Self.write(other, to: &$0) }
        }
      }
    }
  }

  private static func write(_ route: Route, to json: inout JSONWriter) {
    json.member("operationId", route.operationID)
    json.member("summary", route.summary)
    json.name("security")
    json.array { json in
      // An empty requirement means that no token is needed.
      if route.access.allowsAnonymous { json.object { _ in } }
      if route.access != .open {
        json.object { json in
          json.name("bearer")
          json.array { _ in }
        }
      }
    }
    json.name("parameters")
    json.array { json in
      for parameter in route.parameters {
        json.object { json in
          json.member("name", parameter.name)
          json.member("in", parameter.place.rawValue)
          if let summary = parameter.summary { json.member("description", summary) }
          json.name("required")
          json.bool(parameter.isRequired)
          json.name("schema")
          parameter.schema.write(to: &json)
        }
      }
    }
    if let body = route.body {
      json.name("requestBody")
      json.object { json in
        json.name("required")
        json.bool(body.isRequired)
        write(.json(body.schema), to: &json)
      }
    }
    json.name("responses")
    json.object { json in
      for response in route.documentedResponses {
        json.name("\(response.status)")
        json.object { write(response, to: &$0) }
      }
    }
  }

  private static func write(_ response: ResponseSpec, to json: inout JSONWriter) {
    json.member("description", response.summary)
    if !response.headers.isEmpty {
      json.name("headers")
      json.object { json in
        for header in response.headers {
          json.name(header.name)
          json.object { json in
            json.member("description", header.summary)
            json.name("schema")
            Schema.string().write(to: &json)
          }
        }
      }
    }
    write(response.content, to: &json)
  }

  private static func write(_ content: ResponseSpec.Content, to json: inout JSONWriter) {
    func write(_ type: String, _ schema: Schema) {
      json.name("content")
      json.object { json in
        json.name(type)
        json.object { json in
          json.name("schema")
          schema.write(to: &json)
        }
      }
    }
    switch content {
    case .none: break
    case .json(let schema): write("application/json", schema)
    case .bytes(let type): write(type, .string())
    }
  }

  private func writeComponents(to json: inout JSONWriter) {
    json.name("schemas")
    json.object { json in
      for name in NamedSchemas.names {
        json.name(name)
        NamedSchemas.all[name]?.write(to: &json)
      }
    }
    json.name("securitySchemes")
    json.object { json in
      json.name("bearer")
      json.object { json in
        json.member("type", "http")
        json.member("scheme", "bearer")
      }
    }
  }
}
