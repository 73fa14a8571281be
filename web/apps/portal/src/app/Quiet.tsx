import { Component, type ReactNode } from "react";

/** Something that the page does well without: when it breaks, or its file does not arrive, nothing is shown. */
export class Quiet extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? null : this.props.children;
  }
}
