import styles from "./Survey.module.css";

interface Question<Value extends string> {
  id: string;
  legend: string;
  help?: string;
  options: readonly { value: Value; label: string; mark?: string }[];
  value: Value | undefined;
  error?: string | undefined;
  onChange: (value: Value) => void;
  /** Side by side where there is room. */
  isScale?: boolean;
}

/** One answer of few, as large tiles; the radios are the browser's own. */
export function Choice<Value extends string>({ id, legend, help, options, value, error, onChange, isScale = false }: Question<Value>) {
  const described = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <fieldset className={styles.choice} aria-describedby={described || undefined}>
      <legend>{legend}</legend>
      {help ? (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      ) : null}
      <div className={isScale ? styles.scale : styles.options}>
        {options.map((option, index) => (
          <label key={option.value} className={styles.option}>
            <input
              type="radio"
              id={index === 0 ? id : undefined}
              name={id}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            {option.mark ? <strong>{option.mark}</strong> : null}
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
