import { describe, expect, it } from "vitest";
import { labelColours } from "./colours";
import { firstPredictionSnippets } from "./snippets";
import { ago, bytes, duration, plural, sentence, titled, utcTime } from "./words";

const now = Date.parse("2026-01-02T12:00:00Z");

describe("ago", () => {
  it.each([
    ["2026-01-02T11:59:57Z", "3 s ago"],
    ["2026-01-02T11:15:00Z", "45 min ago"],
    ["2026-01-02T02:00:00Z", "10 h ago"],
    ["2025-12-30T12:00:00Z", "3 d ago"],
    ["2026-01-02T12:00:05Z", "now"],
  ])("%s is %s", (moment, words) => {
    expect(ago(moment, now)).toBe(words);
  });
});

describe("numbers", () => {
  it("carry their units", () => {
    expect(duration(0.0042)).toBe("4.2 ms");
    expect(duration(0.257)).toBe("257 ms");
    expect(duration(3.4083)).toBe("3.41 s");
    expect(duration(257)).toBe("257 s");
    expect(duration(null)).toBe("–");
    expect(bytes(105_000)).toBe("103 KiB");
    expect(plural(1, "prediction")).toBe("1 prediction");
    expect(plural(1500, "prediction")).toBe("1,500 predictions");
    expect(sentence("a latency of 257 s")).toBe("A latency of 257 s");
    expect(titled("outside_frame")).toBe("Outside frame");
    expect(utcTime("2026-01-02T12:00:00.123456Z")).toBe("2026-01-02 12:00:00.123 UTC");
  });
});

describe("labelColours", () => {
  it("is the same for a label wherever it is asked, and apart for neighbours", () => {
    const labels = [
      { class_id: 0, name: "cat" },
      { class_id: 1, name: "dog" },
    ];
    const champion = { id: "1", name: "v1", model: "m", version: 1, type: "SEGMENTATION", labels };
    const colour = labelColours({ champion });
    expect(colour("cat")).not.toBe(colour("dog"));
    expect(labelColours(undefined)("class 7")).toBe(colour("class 7"));
  });
});

describe("firstPredictionSnippets", () => {
  it("quotes names so that no name can leave its string", () => {
    const [python] = firstPredictionSnippets({ name: 'a"); evil("', id: "1" }, "http://h", "t", "o");
    expect(python?.code).toContain('get_deployment("a\\"); evil(\\"")');
  });
});
