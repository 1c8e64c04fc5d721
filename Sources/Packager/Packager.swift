/// Turns a bundle's directory into a deterministic archive.
package struct Packager: Sendable {
  let toolchain: Toolchain

  /// - Parameters:
  ///   - searchPath: directories where programs are found, separated by colons; nil means this process's
  ///   `PATH`, as far as the sandbox reaches.
  ///   - sandbox: what commands run in.
  package init(searchPath: String? = nil, sandbox: Sandbox = .detect()) {
    toolchain = Toolchain(searchPath: searchPath, sandbox: sandbox)
  }

  /// Reads config, manifest and every input, and tells what the archive would be.
  package func resolve(_ request: PackagingRequest) async throws(PackagingError) -> ResolvedBundle {
    let toolchain = toolchain
    return try await OwnThread.run(within: request.limits.total) { (interruption) throws(PackagingError) in
      try Resolver(request: request, toolchain: toolchain).resolve(interruption)
    }
  }

  /// Builds the archive in a workspace, which lives until `body` has ended and is removed on every path.
  ///
  /// - Parameters:
  ///   - resolved: what `resolve` gave for the same request; inputs that changed since then fail the packaging.
  ///   - events: called from the packaging thread, in order; must not block.
  ///   - body: what is done with the archive, such as uploading it.
  /// - Throws: `PackagingError`, or what `body` throws.
  package func package<Value>(
    _ request: PackagingRequest, _ resolved: ResolvedBundle,
    events: @escaping @Sendable (PackagingEvent) -> Void,
    body: (PackagedArchive) async throws -> Value
  ) async throws -> Value {
    let toolchain = toolchain
    let limit = request.limits.total
    let workspace = try await OwnThread.run(within: limit) { (interruption) throws(PackagingError) in
      try Workspace.create(
        in: request.temporaryDirectory, slug: request.source.slug, fingerprint: resolved.fingerprint)
    }
    do {
      let archive = try await OwnThread.run(within: limit) { (interruption) throws(PackagingError) in
        try Assembly(
          request: request, resolved: resolved, toolchain: toolchain, workspace: workspace, events: events
        ).run(interruption)
      }
      let value = try await body(archive)
      await workspace.remove()
      return value
    } catch {
      await workspace.remove()
      throw error
    }
  }
}
