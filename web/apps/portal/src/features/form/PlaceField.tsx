import { Button, Input } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import type { Place } from "./draft";
import styles from "./Form.module.css";
import { MapMissing } from "./MapMissing";

// Heavy, and most people never need it.
const PlaceMap = lazy(() => import("./PlaceMap").catch(() => ({ default: MapMissing })));

const PATIENCE_MS = 15_000;

interface PlaceQuestion {
  label: string;
  place: Place;
  error?: string | undefined;
  onChange: (place: Place) => void;
}

/** A point on the map, by the device's position or by hand. The address in words stays the main answer. */
export function PlaceField({ label, place, error, onChange }: PlaceQuestion) {
  const { t, i18n } = useTranslation();
  const degrees = new Intl.NumberFormat(i18n.language === "en" ? "en" : "es-CO", { maximumFractionDigits: 5 });
  const [finding, setFinding] = useState<"" | "busy" | "refused" | "failed" | "found">("");
  const [isMapOpen, setMapOpen] = useState(false);
  const canFind = "geolocation" in navigator;
  const isMarked = place.latitude !== undefined;

  const useMyPosition = () => {
    setFinding("busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        onChange({ latitude: round(coords.latitude), longitude: round(coords.longitude) });
        setFinding("found");
      },
      (problem) => setFinding(problem.code === problem.PERMISSION_DENIED ? "refused" : "failed"),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 },
    );
  };
  return (
    <Input.Wrapper label={label} description={t("form.place.help")} error={error} labelElement="div">
      <div className={styles.row}>
        {canFind ? (
          <Button id="lugar" variant="default" leftSection={<Icon name="place" />} loading={finding === "busy"} onClick={useMyPosition}>
            {t("form.place.mine")}
          </Button>
        ) : null}
        <Button id={canFind ? undefined : "lugar"} variant="default" leftSection={<Icon name="map" />} aria-expanded={isMapOpen} onClick={() => setMapOpen(!isMapOpen)}>
          {t(isMapOpen ? "form.map.close" : "form.place.open")}
        </Button>
        {isMarked ? (
          <Button variant="subtle" leftSection={<Icon name="bin" />} onClick={() => { onChange({}); setFinding(""); }}>
            {t("form.place.clear")}
          </Button>
        ) : null}
      </div>
      <p role="status" className={styles.aside}>
        {finding === "refused" || finding === "failed" ? t(`form.place.${finding}`) : isMarked ? <><Icon name="check" size={18} /> {t("form.place.markedAt", { latitude: degrees.format(place.latitude ?? 0), longitude: degrees.format(place.longitude ?? 0) })}</> : null}
      </p>
      {isMapOpen ? (
        <Suspense fallback={<div className={styles.mapWaiting} role="status">{t("common.loading")}</div>}>
          <PlaceMap place={place} onChange={(next) => { onChange(next); setFinding(""); }} />
        </Suspense>
      ) : null}
    </Input.Wrapper>
  );
}

/** A decimetre is enough. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
