// What the page does while it is looked at, as web-vitals defines it: the largest paint, the time from a click to the
// next paint, and shifts that nobody asked for, in windows of at most five seconds with gaps under one.
window.vitals = { paint: 0, clicks: {}, shifts: [] }

const observe = (type, take, options = {}) =>
  new PerformanceObserver(list => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options })

observe('largest-contentful-paint', entry => {
  window.vitals.paint = entry.startTime
})

observe(
  'event',
  entry => {
    const { interactionId: id, duration } = entry
    if (id) window.vitals.clicks[id] = Math.max(window.vitals.clicks[id] ?? 0, duration)
  },
  { durationThreshold: 16 },
)

observe('layout-shift', entry => {
  if (entry.hadRecentInput) return
  const moved = entry.sources.map(source => source.node?.parentElement?.closest('[data-testid],[class*=st-key]'))
  const names = moved.map(each => each?.dataset.testid || each?.className).filter(Boolean)
  const shifts = window.vitals.shifts
  const last = shifts.at(-1)
  if (last && entry.startTime - last.end < 1000 && entry.startTime - last.start < 5000) {
    last.value += entry.value
    last.end = entry.startTime
    last.names.push(...names)
  } else {
    shifts.push({ start: entry.startTime, end: entry.startTime, value: entry.value, names })
  }
})
