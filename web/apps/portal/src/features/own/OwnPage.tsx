import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { OwnBar } from "../cases/OwnBar";

interface Frame {
  title: string;
  error: unknown;
  isPending: boolean;
  onRetry: () => void;
  children: ReactNode;
}

/** A page of whoever has entered; everybody else is asked to enter. */
export function OwnPage({ title, error, isPending, onRetry, children }: Frame) {
  const { t } = useTranslation();
  if (error instanceof Problem && (error.status === 401 || error.status === 403)) return <Navigate to="/ingresar" replace />;
  return (
    <div className="wrap page narrow">
      <OwnBar />
      <PageHeading>{title}</PageHeading>
      {error ? <ProblemAlert error={error} onRetry={onRetry} /> : null}
      {isPending ? <p role="status">{t("common.loading")}</p> : null}
      {children}
    </div>
  );
}
