import { useFullscreenElement } from "@mantine/hooks";
import { useEffect, useState, type ReactNode } from "react";
import { usePageTitle } from "../../app/title";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** Named in the browser's tab before the title, when a page has parts. */
  part?: string | undefined;
  tools?: ReactNode;
  sections?: ReactNode;
  children: ReactNode;
  /** Lets the page fill a wall screen. */
  wall?: ReturnType<typeof useWall>;
}

/** A page of the desk with its one title; the focus lands there when it is opened. */
export function Page({ title, part, tools, sections, children, wall }: Props) {
  usePageTitle(part ? `${part} · ${title}` : title);
  return (
    <div className={classes.page} ref={wall?.ref} style={wall ? { zoom: wall.zoom } : undefined}>
      <header className={classes.head}>
        <h1 className={classes.title} tabIndex={-1}>
          {title}
        </h1>
        {tools ? <div className={classes.tools}>{tools}</div> : null}
      </header>
      {sections}
      <div className={classes.stack}>{children}</div>
    </div>
  );
}

/** What a page is laid out for; wider walls magnify it. */
const LAID_OUT_FOR = 1280;

/** A page on a wall: fills the screen and grows with it, so that it is read from across the room. */
export function useWall() {
  const { ref, toggle, fullscreen } = useFullscreenElement<HTMLDivElement>();
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const measure = () => setWidth(innerWidth);
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  const zoom = fullscreen ? Math.min(3, Math.max(1, width / LAID_OUT_FOR)) : 1;
  return { ref, toggle: () => void toggle(), fullscreen, zoom };
}
