/** A small Markdown report. */
export function render(month: string, figures: Record<string, number>): string {
  const rows = Object.keys(figures)
    .sort()
    .map((name) => `| ${name} | ${figures[name].toLocaleString("en")} |`);
  return [`# Report for ${month}`, "", "| figure | value |", "|---|---:|", ...rows, ""].join("\n");
}
