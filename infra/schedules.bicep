@export()
@description('The longest pause between two scheduled sweeps.')
type sweepEvery = '5m' | '10m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d'

@export()
@description('''
For each pause: the NCRONTAB expression, the window in which at least one sweep must have succeeded, how often that is checked, and
the age in seconds at which a stale session is too old. A window holds at least two pauses and 20 minutes, since telemetry
arrives late. Azure Monitor accepts only certain windows, two days at most.
''')
var schedules = {
  '5m': { cron: '0 */5 * * * *', window: 'PT30M', check: 'PT5M', tooOldSeconds: 7200 }
  '10m': { cron: '0 */10 * * * *', window: 'PT45M', check: 'PT15M', tooOldSeconds: 7200 }
  '15m': { cron: '0 */15 * * * *', window: 'PT1H', check: 'PT15M', tooOldSeconds: 7200 }
  '30m': { cron: '0 */30 * * * *', window: 'PT2H', check: 'PT15M', tooOldSeconds: 10800 }
  '1h': { cron: '0 0 * * * *', window: 'PT3H', check: 'PT30M', tooOldSeconds: 14400 }
  '2h': { cron: '0 0 */2 * * *', window: 'PT6H', check: 'PT1H', tooOldSeconds: 28800 }
  '4h': { cron: '0 0 */4 * * *', window: 'P1D', check: 'PT1H', tooOldSeconds: 57600 }
  '6h': { cron: '0 0 */6 * * *', window: 'P1D', check: 'PT1H', tooOldSeconds: 86400 }
  '12h': { cron: '0 0 */12 * * *', window: 'P2D', check: 'PT1H', tooOldSeconds: 172800 }
  '1d': { cron: '0 0 0 * * *', window: 'P2D', check: 'PT1H', tooOldSeconds: 345600 }
}
