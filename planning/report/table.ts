/** A table that says in words what a picture shows. */
export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly string[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
}
