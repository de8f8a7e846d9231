@description('End of the names.')
param suffix string
@description('Azure region.')
param location string
@description('Tags.')
param tags object
@description('Resource id of the Application Insights component.')
param insightsId string
@description('E-mail address, or empty.')
param email string
@description('Window in which a scheduled sweep must have succeeded; an ISO 8601 duration.')
param window string
@description('How often that is checked; an ISO 8601 duration.')
param check string
@description('Age in seconds at which a stale session is too old.')
param tooOldSeconds int
@description('Free share of the image store\'s disk, in percent, below which an alert fires.')
param freeDiskPercent int

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sweeper'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var rules = [
  {
    name: 'sweeps-fail'
    title: 'No scheduled sweep of upload sessions has succeeded'
    description: 'The timer does not run, the cluster does not answer or refuses the app, or the storage fails. Abandoned uploads stay on the disks of the cluster.'
    severity: 1
    window: window
    check: check
    query: '''
customMetrics
| where name == "upload_session_sweeper.run.duration"
| where tostring(customDimensions.trigger) in ("timer", "queue")
| where tostring(customDimensions.stopped_by) in ("completed", "limit", "timeBudget")'''
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'sessions-given-up'
    title: 'Upload sessions were given up'
    description: 'They need manual action: fix the cause, then retry them.'
    severity: 3
    window: 'PT1H'
    check: 'PT15M'
    query: '''
customMetrics
| where name == "upload_session_sweeper.given_up_sessions" and valueSum > 0'''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'sessions-too-old'
    title: 'An upload session has been stale for too long'
    description: 'Sweeps run but do not keep up, or fail on the same session again and again.'
    severity: 2
    window: window
    check: check
    query: format(
      '''
customMetrics
| where name == "upload_session_sweeper.oldest_stale_session.age"
| summarize arg_max(timestamp, valueSum, valueCount) by tostring(customDimensions.partition)
| where valueSum / valueCount > {0}''',
      tooOldSeconds
    )
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'disk-full'
    title: 'The disk of the image store has little free space'
    description: 'Uploads fail when it is full. The page and doctor show how much of it staged uploads hold.'
    severity: 2
    window: window
    check: check
    // Clusters that do not say how full their disk is send neither metric, so the query has no row.
    query: format(
      '''
customMetrics
| where name in ("upload_session_sweeper.store.disk.available", "upload_session_sweeper.store.disk.capacity")
| summarize arg_max(timestamp, valueSum, valueCount) by name
| summarize available = maxif(valueSum / valueCount, name endswith "available"), capacity = maxif(valueSum / valueCount, name endswith "capacity")
| where capacity > 0 and available * 100 < capacity * {0}''',
      freeDiskPercent
    )
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [
  for rule in rules: {
    name: 'ar-${rule.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      displayName: rule.title
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [insightsId]
      windowSize: rule.window
      evaluationFrequency: rule.check
      autoMitigate: true
      // Right after the first deployment the component has received nothing yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: any(rule.operator)
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [actions.id] }
    }
  }
]
