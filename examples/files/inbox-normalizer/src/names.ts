import extensions from "../rules/extensions.json";

const known: Record<string, string> = extensions;

/** `Über Größe (final).TEXT` becomes `uber-grosse-final.txt`. */
export function normalName(name: string): string {
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
  const plain = stem
    .replace(/\u00df/g, "ss")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return (plain || "unnamed") + (extension ? `.${known[extension] ?? extension}` : "");
}
