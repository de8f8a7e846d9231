import { clusterAccess, networkAccess, sweepOptions } from 'types.bicep'
import { schedules } from 'schedules.bicep'

@description('Name of the environment.')
param environmentName string
@description('Azure region.')
param location string
@description('Tags for every resource.')
param tags object
@description('How the app reaches the cluster.')
param cluster clusterAccess
@description('When and how it sweeps.')
param sweep sweepOptions
@description('More app settings.')
param moreSettings object
@description('Existing network parts.')
param network networkAccess
@description('Version of Node.js.')
param nodeVersion string
@description('Memory of one instance in MB.')
param instanceMemoryMB int
@description('Largest number of instances for each function.')
param maximumInstanceCount int
@description('Redundancy of the storage account.')
param storageSku string
@description('Days for which Log Analytics keeps telemetry.')
param logRetentionDays int
@description('E-mail address for alerts, or empty.')
param alertEmail string
@description('Free share of the image store\'s disk, in percent, below which an alert fires.')
param freeDiskPercent int

var token = uniqueString(subscription().id, resourceGroup().id, environmentName)
// A storage account's name has at most 24 characters, the app's at most 60; 32 keep the ids of hosts apart.
var shortName = take(toLower(replace(environmentName, '_', '-')), 13)
var appName = 'func-${shortName}-${token}'
var deploymentContainer = 'app-package'
var queueName = 'upload-session-sweeps'
var tableNames = { sessions: 'UploadSessions', outcomes: 'UploadSessionOutcomes', runs: 'SweepRuns' }
var schedule = schedules[sweep.every]
var isPrivate = !empty(network.privateEndpointSubnetId)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${shortName}-${token}'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    isPrivate: isPrivate
    container: deploymentContainer
    queues: [queueName, '${queueName}-poison']
    tables: [tableNames.sessions, tableNames.outcomes, tableNames.runs]
    principalId: identity.properties.principalId
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  params: {
    workspaceName: 'log-${shortName}-${token}'
    insightsName: 'appi-${shortName}-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.properties.principalId
  }
}

var secretIdParts = split(cluster.certificateResourceId, '/')
module certificateRole 'modules/secretRole.bicep' = if (cluster.auth == 'certificate') {
  name: 'certificate-role'
  scope: resourceGroup(secretIdParts[?2] ?? '', secretIdParts[?4] ?? '')
  params: {
    vaultName: secretIdParts[?8] ?? ''
    secretName: secretIdParts[?10] ?? ''
    principalId: identity.properties.principalId
  }
}

module endpoints 'modules/privateEndpoints.bicep' = if (isPrivate) {
  name: 'storage-endpoints'
  params: {
    location: location
    tags: tags
    subnetId: network.privateEndpointSubnetId
    targetId: storage.outputs.id
    targetName: storage.outputs.name
    groups: [
      { name: 'blob', dnsZoneId: network.dnsZoneBlobId }
      { name: 'queue', dnsZoneId: network.dnsZoneQueueId }
      { name: 'table', dnsZoneId: network.dnsZoneTableId }
    ]
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: appName
    planName: 'asp-${shortName}-${token}'
    location: location
    tags: tags
    identityId: identity.id
    identityClientId: identity.properties.clientId
    storageName: storage.outputs.name
    deploymentContainer: deploymentContainer
    insightsName: telemetry.outputs.insightsName
    cluster: cluster
    sweep: union(sweep, { schedule: empty(sweep.schedule) ? schedule.cron : sweep.schedule })
    moreSettings: moreSettings
    tables: tableNames
    queueName: queueName
    appSubnetId: network.appSubnetId
    publicInbound: network.publicInbound
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
  }
  // Without its roles and its way to the storage the host fails at its first start, and may stay failed until a restart.
  dependsOn: [certificateRole, endpoints]
}

module appEndpoint 'modules/privateEndpoints.bicep' = if (!network.publicInbound) {
  name: 'app-endpoint'
  params: {
    location: location
    tags: tags
    subnetId: network.privateEndpointSubnetId
    targetId: app.outputs.id
    targetName: appName
    groups: [{ name: 'sites', dnsZoneId: network.dnsZoneSitesId }]
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    suffix: '${shortName}-${token}'
    location: location
    tags: tags
    insightsId: telemetry.outputs.insightsId
    email: alertEmail
    window: schedule.window
    check: schedule.check
    tooOldSeconds: schedule.tooOldSeconds
    freeDiskPercent: freeDiskPercent
  }
}

@description('Name of the function app.')
output appName string = appName
@description('Host name of the function app.')
output appHost string = app.outputs.host
@description('Object id of the identity, for the app role of the cluster application.')
output identityPrincipalId string = identity.properties.principalId
@description('Name of the storage account.')
output storageAccountName string = storage.outputs.name
