// Signs and donuts on a canvas: the same shapes as .shape-* of the style sheets.
"use strict";
GeoMap.draw = (() => {
  const POLYGONS = {
    triangle: [[0, -1.1], [1.1, 0.9], [-1.1, 0.9]],
    down: [[0, 1.1], [1.1, -0.9], [-1.1, -0.9]],
    diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    hexagon: [[-0.55, -1], [0.55, -1], [1.15, 0], [0.55, 1], [-0.55, 1], [-1.15, 0]],
    cross: [[-1, -0.6], [-0.6, -1], [0, -0.4], [0.6, -1], [1, -0.6], [0.4, 0], [1, 0.6], [0.6, 1], [0, 0.4], [-0.6, 1], [-1, 0.6], [-0.4, 0]],
  };

  function outline(g, shape, x, y, r) {
    g.beginPath();
    const corners = POLYGONS[shape];
    if (!corners) return void g.arc(x, y, r, 0, 7);
    corners.forEach(([dx, dy], index) => g[index ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
    g.closePath();
  }

  /** One point: its sign in its colour with a white rim. */
  function sign(g, item, x, y, r) {
    outline(g, item.shape, x, y, r);
    g.lineJoin = "round";
    g.lineWidth = 4;
    g.strokeStyle = "#fff";
    g.stroke();
    g.fillStyle = item.colour;
    g.fill();
    g.lineWidth = 0.75;
    g.strokeStyle = "rgba(0,0,0,.45)";
    g.stroke();
    if (item.shape !== "ring" && item.shape !== "target") return;
    g.beginPath();
    g.arc(x, y, r * 0.55, 0, 7);
    g.fillStyle = "#fff";
    g.fill();
    if (item.shape === "ring") return;
    g.beginPath();
    g.arc(x, y, r * 0.28, 0, 7);
    g.fillStyle = item.colour;
    g.fill();
  }

  /** A marked point: a dark ring around it. */
  function halo(g, x, y, r) {
    g.beginPath();
    g.arc(x, y, r + 6, 0, 7);
    g.lineWidth = 6;
    g.strokeStyle = "#fff";
    g.stroke();
    g.lineWidth = 3;
    g.strokeStyle = "#0a3440";
    g.stroke();
  }

  /** Many points: shares as a donut, the number inside. */
  function donut(g, signs, counts, total, x, y, r) {
    g.beginPath();
    g.arc(x, y, r + 2, 0, 7);
    g.fillStyle = "#fff";
    g.shadowColor = "rgba(16,24,26,.35)";
    g.shadowBlur = 5;
    g.fill();
    g.shadowBlur = 0;
    let from = -Math.PI / 2;
    counts.forEach((count, index) => {
      if (!count) return;
      const to = from + (count / total) * 2 * Math.PI;
      g.beginPath();
      g.moveTo(x, y);
      g.arc(x, y, r, from, to);
      g.closePath();
      g.fillStyle = signs[index].colour;
      g.fill();
      if (count < total) {
        g.lineWidth = 1.25;
        g.strokeStyle = "#fff";
        g.stroke();
      }
      from = to;
    });
    g.beginPath();
    g.arc(x, y, r * 0.66, 0, 7);
    g.fillStyle = "#fff";
    g.fill();
    g.fillStyle = "#182124";
    g.font = `600 ${r < 16 ? 11 : r < 22 ? 12 : 13}px system-ui, "Noto Sans CJK SC", sans-serif`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText(short(total), x, y + 0.5);
  }

  /** Ten thousand and more in 万, as readers of Chinese count. */
  function short(count) {
    if (count < 10000) return String(count);
    const chinese = document.documentElement.lang.startsWith("zh");
    const value = chinese ? count / 10000 : count / 1000;
    return value.toFixed(value < 10 ? 1 : 0) + (chinese ? "万" : "k");
  }

  /** Radius of a donut: grows with the digits, so that neighbours never drown each other. */
  const radius = (count) => Math.min(30, 11 + 4.6 * Math.log10(count));

  return { sign, halo, donut, radius };
})();
