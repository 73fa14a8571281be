import styles from "./Figures.module.css";

interface Props<Value extends string | number> {
  legend: string;
  name: string;
  options: readonly Value[];
  value: Value;
  say: (value: Value) => string;
  onChoose: (value: Value) => void;
}

/** A few options side by side, of which one is chosen: radio buttons in the dress of a bar. */
export function Choice<Value extends string | number>({ legend, name, options, value, say, onChoose }: Props<Value>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div>
        {options.map((one) => (
          <label key={one}>
            <input type="radio" name={name} value={one} checked={one === value} onChange={() => onChoose(one)} />
            <span>{say(one)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
