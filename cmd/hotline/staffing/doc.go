// Package staffing answers a manager's question: what would two more counselors from six o'clock change? It reads a plan
// of calls and shifts (YAML), has acd/simulate run it through the router that serves the centre, on fake time, and shows
// what comes out beside what Erlang's formulas say: as a table, as CSV and as a chart (SVG).
package staffing
