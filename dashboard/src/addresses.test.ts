import { describe, expect, it } from "vitest";
import { asShown, deploymentAddress, deploymentIn, predictionAddress, readFilter, withChoice } from "./addresses";

describe("addresses", () => {
  it("keep names whole", () => {
    expect(deploymentAddress("a b?#&")).toBe("/deployments/a%20b%3F%23%26");
    expect(predictionAddress("a", "1", new URLSearchParams({ tag: "x&y" }))).toBe("/deployments/a/predictions/1?tag=x%26y");
  });

  it("hold the reader's choice, and nothing where there is none", () => {
    const chosen = withChoice(new URLSearchParams(), "source", "camera-1");
    expect(readFilter(chosen)).toEqual({ source: "camera-1", tag: null, flag: null });
    expect(deploymentAddress("a", withChoice(chosen, "source", null))).toBe("/deployments/a");
  });

  it("show the champion unless told otherwise", () => {
    expect(["both", "shadow", "nonsense", null].map(asShown)).toEqual(["both", "shadow", "champion", "champion"]);
  });
});

describe("deploymentIn", () => {
  it.each(["coins", "a b", 'a=b&c?d#e+f%3D"<', "100%", "ü;,"])("gives back %s", (name) => {
    expect(deploymentIn(predictionAddress(name, "1"))).toBe(name);
  });

  it("takes an address that nobody encoded as it is", () => {
    expect(deploymentIn("/deployments/100%")).toBe("100%");
  });
});
