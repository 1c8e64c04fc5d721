extension Route {
  /// The archive of a slug and a fingerprint: the link in every status, which never expires and holds no secret.
  ///
  /// Source: contract section 1, design section 6.
  static let download = Route(
    .get, "/examples/bundles/{slug}/fingerprints/{fingerprint}/download", operationID: "downloadArtifact",
    summary: "The archive that was packaged of a bundle's inputs, or where to fetch it.",
    access: .scopeOrLink(.read),
    parameters: [
      .path("slug"), .path("fingerprint"),
      .query(
        "via", .choice(["public", "internal", "stream"]),
        "By a link that works everywhere, by one that works beside the pods, or through this pod."),
      .query("expires", .string(), "Of a signed link: milliseconds since 1970. Such a link needs no token."),
      .query("token", .string(), "Of a signed link."),
      .query("filename", .string(shortest: 1, longest: 256), "Of a signed link: what to call the file."),
      .header("range", .string(), "One part, such as `bytes=0-99`."),
      .header("if-range", .string(), "The ETag of the archive whose part is wanted."),
      .header("if-none-match", .string(), "The ETag of an archive that is there already."),
    ],
    responses: [
      ResponseSpec(200, "The archive.", .bytes(type: "*/*"), headers: archiveHeaders),
      ResponseSpec(
        206, "The part.", .bytes(type: "*/*"),
        headers: archiveHeaders + [("content-range", "Which part this is, of how many bytes.")]),
      ResponseSpec(
        302, "A link, signed now, that opens the archive for a few minutes.",
        headers: [("location", "The link."), ("referrer-policy", "Nobody learns the link from a page.")]),
      ResponseSpec(304, "The caller has this archive.", headers: archiveHeaders),
      .error(404, "There is no such artifact, or its object is gone."),
      .error(416, "The archive has no such part."),
      .error(502, "The object is damaged, or the store refuses it."),
    ], deadline: .seconds(30)
  ) { request, path, services in
    try await Download(request, services).answer(slug: path["slug"], fingerprint: path["fingerprint"])
  }

  private static let archiveHeaders = [
    ("accept-ranges", "bytes"), ("content-disposition", "The file's name."), ("etag", "The archive's SHA-256."),
  ].map { (name: $0, summary: $1) }
}
