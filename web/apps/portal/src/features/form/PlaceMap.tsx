import "maplibre-gl/dist/maplibre-gl.css";
import { LngLatBounds, Map as CityMap, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { Button } from "@mantine/core";
import type { FeatureCollection } from "geojson";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { Icon } from "../../app/Icon";
import { useLanguage } from "../../app/useLanguage";
import type { Place } from "./draft";
import styles from "./Form.module.css";
import { MapMissing } from "./MapMissing";
import { CITY_MAP, mapStyle } from "./mapStyle";

setWorkerUrl(workerUrl);

const MARKED_ZOOM = 15;

interface PlaceChoice {
  place: Place;
  onChange: (place: Place) => void;
}

/** A map of the city's own drawing: a click or the middle of the map marks the place; arrows move it, + and − enlarge it. */
export default function PlaceMap({ place, onChange }: PlaceChoice) {
  const { t } = useTranslation();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<CityMap>(undefined);
  const [isBroken, setBroken] = useState(false);
  const latest = useRef({ place, onChange, t });

  useEffect(() => {
    latest.current = { place, onChange, t };
  });
  useEffect(() => {
    let isHere = true;
    const ready = readCity().then((city) => {
      if (!isHere || !box.current) return;
      map.current = makeMap(box.current, city, language, latest.current.t);
      map.current.on("click", ({ lngLat }) => latest.current.onChange(placeOf(lngLat)));
      map.current.getCanvas().addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !map.current) return;
        event.preventDefault();
        latest.current.onChange(placeOf(map.current.getCenter()));
      });
      showPlace(map.current, latest.current.place, latest.current.onChange);
    });
    // No WebGL, no file: the address in words is enough.
    ready.catch(() => setBroken(isHere));
    return () => {
      isHere = false;
      map.current?.remove();
      map.current = undefined;
    };
  }, [language]);

  useEffect(() => {
    if (map.current) showPlace(map.current, place, latest.current.onChange);
  }, [place]);

  if (isBroken) return <MapMissing />;
  return (
    <div className={styles.map}>
      <div className={styles.mapBox}>
        <div ref={box} />
        <span className={styles.cross} aria-hidden />
      </div>
      <div className={styles.mapFoot}>
        <Button variant="default" leftSection={<Icon name="place" />} onClick={() => map.current && onChange(placeOf(map.current.getCenter()))}>
          {t("form.map.markCentre")}
        </Button>
        <p className={styles.aside}>{t("form.map.help")}</p>
      </div>
    </div>
  );
}

async function readCity(): Promise<FeatureCollection> {
  return (await api.raw(CITY_MAP)).json() as Promise<FeatureCollection>;
}

function makeMap(container: HTMLElement, city: FeatureCollection, language: string, t: (key: string) => string): CityMap {
  const [west = -74.1, south = 4.58, east = -74.05, north = 4.65] = city.bbox ?? [];
  const bounds = new LngLatBounds([west, south], [east, north]);
  const map = new CityMap({
    container,
    style: mapStyle(city, language),
    bounds,
    fitBoundsOptions: { padding: 12 },
    maxBounds: [[west - 0.05, south - 0.05], [east + 0.05, north + 0.05]],
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    // One finger scrolls the page, as everywhere else in the form.
    cooperativeGestures: true,
    locale: {
      "Map.Title": t("form.map.label"),
      "NavigationControl.ZoomIn": t("form.map.zoomIn"),
      "NavigationControl.ZoomOut": t("form.map.zoomOut"),
      "CooperativeGesturesHandler.WindowsHelpText": t("form.map.wheel"),
      "CooperativeGesturesHandler.MacHelpText": t("form.map.wheelMac"),
      "CooperativeGesturesHandler.MobileHelpText": t("form.map.fingers"),
      "Marker.Title": t("form.place.marked"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  return map;
}

const markers = new WeakMap<CityMap, Marker>();

/** Shows the point, and brings the map to it when it lies outside of what is seen. */
function showPlace(map: CityMap, place: Place, onChange: (place: Place) => void): void {
  markers.get(map)?.remove();
  if (place.latitude === undefined || place.longitude === undefined) return;
  const at: [number, number] = [place.longitude, place.latitude];
  const marker = new Marker({ color: "#b3261e", draggable: true }).setLngLat(at).addTo(map);
  marker.on("dragend", () => onChange(placeOf(marker.getLngLat())));
  markers.set(map, marker);
  if (!map.getBounds().contains(at)) map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), MARKED_ZOOM) });
}

/** A decimetre is enough. */
function placeOf({ lat, lng }: { lat: number; lng: number }): Place {
  return { latitude: Math.round(lat * 1e6) / 1e6, longitude: Math.round(lng * 1e6) / 1e6 };
}
