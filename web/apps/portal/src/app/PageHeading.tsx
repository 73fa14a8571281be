import { Title } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { useCity } from "./city";

let hasArrived = false;

interface Heading {
  children: ReactNode;
  /** For the window's title, when the heading is not plain text. */
  title?: string;
  className?: string | undefined;
  hidden?: boolean;
}

/** The one h1 of a page. It names the window and takes the focus after a change of page, so that it is read out. */
export function PageHeading({ children, title, className, hidden }: Heading) {
  const heading = useRef<HTMLHeadingElement>(null);
  const city = useCity().data?.short_name;
  const name = title ?? (typeof children === "string" ? children : "");
  useEffect(() => {
    document.title = [name, city].filter(Boolean).join(" · ");
  }, [name, city]);
  useEffect(() => {
    // Not on the first page: a reader begins at the top there.
    if (hasArrived) heading.current?.focus({ preventScroll: true });
    hasArrived = true;
  }, []);
  return (
    <Title order={1} ref={heading} tabIndex={-1} className={hidden ? "visually-hidden" : className}>
      {children}
    </Title>
  );
}
