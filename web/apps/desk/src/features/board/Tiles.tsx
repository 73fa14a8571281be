import { IconAlert } from "@atiende/ui";
import classes from "./Page.module.css";

export interface TileValue {
  label: string;
  value: string;
  note?: string | undefined;
  /** Needs somebody; told by a mark as well as by colour. */
  state?: "warn" | "bad" | undefined;
}

/** The figures that are read from across the room. */
export function Tiles({ label, tiles }: { label: string; tiles: readonly TileValue[] }) {
  return (
    <section aria-label={label}>
      <dl className={classes.tiles}>
        {tiles.map((tile) => (
          <div key={tile.label} className={classes.tile} data-state={tile.state}>
            <dt>{tile.label}</dt>
            <dd className={classes.tileValue}>
              {tile.state ? <IconAlert size={22} /> : null} {tile.value}
            </dd>
            {tile.note ? <dd className={classes.quiet}>{tile.note}</dd> : null}
          </div>
        ))}
      </dl>
    </section>
  );
}
