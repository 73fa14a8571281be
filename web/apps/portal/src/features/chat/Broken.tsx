import { ProblemAlert } from "@atiende/ui";
import { Component, type ReactNode } from "react";
import styles from "./ChatButton.module.css";

/** The chat's file did not arrive: said beside the button, while the page goes on. */
export class Broken extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error() };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className={styles.broken}>
        <ProblemAlert error={this.state.error} onRetry={() => location.reload()} />
      </div>
    );
  }
}
