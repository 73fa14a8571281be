import type { StyleSpecification } from "maplibre-gl";
import type { FeatureCollection } from "geojson";

/** The city as it is drawn without anybody else's tiles: its own outline, water, streets and names. */
export const CITY_MAP = "/map/city.geojson";

const KIND = (...kinds: string[]): ["in", ["get", string], ["literal", string[]]] => ["in", ["get", "kind"], ["literal", kinds]];

/** A quiet style: what helps to find a place, and nothing else. */
export function mapStyle(city: FeatureCollection, language: string): StyleSpecification {
  const name: ["get", string] = ["get", language === "en" ? "name_en" : "name"];
  const text = { "text-field": name, "text-font": ["sans-serif"], "text-size": 14 };
  const halo = { "text-color": "#17262b", "text-halo-color": "#ffffff", "text-halo-width": 1.8 };
  return {
    version: 8,
    sources: { city: { type: "geojson", data: city } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#e3e8ea" } },
      { id: "city", type: "fill", source: "city", filter: KIND("city"), paint: { "fill-color": "#faf9f5" } },
      { id: "park", type: "fill", source: "city", filter: KIND("park"), paint: { "fill-color": "#cfe6c6" } },
      { id: "street", type: "line", source: "city", filter: KIND("street"), paint: { "line-color": "#dcd9cf", "line-width": ["interpolate", ["linear"], ["zoom"], 12, 0.6, 17, 8] } },
      { id: "river", type: "line", source: "city", filter: KIND("river"), layout: { "line-cap": "round" }, paint: { "line-color": "#8fc1dc", "line-width": ["interpolate", ["linear"], ["zoom"], 12, 5, 17, 40] } },
      { id: "road", type: "line", source: "city", filter: KIND("road"), layout: { "line-cap": "round" }, paint: { "line-color": "#c9b277", "line-width": ["interpolate", ["linear"], ["zoom"], 12, 2, 17, 14] } },
      { id: "edge", type: "line", source: "city", filter: KIND("city"), paint: { "line-color": "#0b6e70", "line-width": 2, "line-dasharray": [3, 2] } },
      { id: "line-names", type: "symbol", source: "city", filter: KIND("road", "river"), layout: { ...text, "text-size": 13, "symbol-placement": "line" }, paint: halo },
      { id: "names", type: "symbol", source: "city", filter: KIND("quarter", "office", "park"), layout: text, paint: halo },
    ],
  };
}
