import classes from "./Page.module.css";

/** A department with what it belongs to: what sets it apart stands first, in "Secretaría – Dirección" the second. */
export function UnitName({ name }: { name: string }) {
  const [whole, part] = splitUnit(name);
  return part ? (
    <>
      {part}
      <span className={classes.quiet}> · {whole}</span>
    </>
  ) : (
    <>{whole}</>
  );
}

function splitUnit(name: string): [string, string] {
  const at = name.lastIndexOf(" – ");
  return at < 0 ? [name, ""] : [name.slice(0, at), name.slice(at + 3)];
}
