targetScope = 'subscription'

import { clusterAuth } from 'types.bicep'
import { sweepEvery } from 'schedules.bicep'

metadata name = 'upload-session-sweeper'
metadata description = 'The app that deletes abandoned upload sessions of a Service Fabric image store, with its storage, telemetry and alerts.'

@minLength(1)
@maxLength(64)
@description('Name of the environment. The names of all resources are derived from it.')
param environmentName string

@minLength(1)
@description('Azure region. It must offer the Flex Consumption plan: az functionapp list-flexconsumption-locations.')
param location string

@description('Name of the resource group, which is created. Empty: rg- and the environment name.')
param resourceGroupName string = ''

@description('Tags for every resource, in addition to azd-env-name.')
param tags object = {}

@minLength(1)
@description('CLUSTER_ENDPOINTS: the HTTP gateway endpoints of the cluster with scheme and port, separated by commas.')
param clusterEndpoints string

@minLength(1)
@maxLength(200)
@description('CLUSTER_NAME: names the cluster in the storage tables.')
param clusterName string = 'default'

@description('CLUSTER_AUTH: how the app authenticates to the cluster.')
param authentication clusterAuth = 'none'

@description('With authentication certificate: resource id of an existing Key Vault secret, …/Microsoft.KeyVault/vaults/{vault}/secrets/{secret}. A certificate has a secret of the same name. The vault must use Azure RBAC.')
param certificateResourceId string = ''

@description('CLUSTER_ENTRA_SCOPE, required with authentication entra: application id or id URI of the cluster application.')
param entraScope string = ''

@description('CLUSTER_CA: certificates of a private authority as base64 of PEM or DER. Empty: the trust of the platform.')
param clusterCa string = ''

@description('CLUSTER_SERVER_THUMBPRINTS: the only server certificates to accept, separated by commas.')
param serverThumbprints string = ''

@description('CLUSTER_SERVER_COMMON_NAMES: the only server certificates to accept, by common name.')
param serverCommonNames string = ''

@description('CLUSTER_SERVER_ISSUER_THUMBPRINTS: direct issuers to accept for those common names.')
param serverIssuerThumbprints string = ''

@description('CLUSTER_ID: sent with each call, so that any other cluster refuses it.')
param clusterId string = ''

@description('Longest pause between two scheduled sweeps. SWEEP_SCHEDULE and the windows of the alerts follow it. Empty: 5m.')
param sweepEveryPause '' | sweepEvery = ''

@description('SWEEP_SCHEDULE, if the usual expression for the pause does not fit: NCRONTAB, six fields. sweepEveryPause is then required: its longest pause, nights and weekends included.')
param sweepSchedule string = ''

@description('STALE_AFTER: without a chunk for this long an upload session is stale.')
param staleAfter string = '15m'

@allowed([1, 16, 256])
@description('SESSION_SHARDS: partitions for the sessions of one cluster. Who registers sessions must use the same number.')
param sessionShards int = 1

@minValue(1)
@maxValue(1000)
@description('SWEEP_CONCURRENCY: sessions that one instance cleans up at once.')
param sweepConcurrency int = 32

@description('SWEEP_FAN_OUT: whether all instances share a scheduled sweep.')
param sweepFanOut bool = false

@description('SWEEP_DRY_RUN: whether sweeps only report what they would do.')
param sweepDryRun bool = false

@minValue(1)
@maxValue(1000)
@description('MAX_ATTEMPTS: failed cleanups until a session is given up.')
param maxAttempts int = 8

@description('OUTCOME_RETENTION: how long outcomes and runs are kept.')
param outcomeRetention string = '90d'

@description('More app settings, such as { SWEEP_LIMIT: \'5000\' }. No secrets, and none of those that have a parameter.')
param moreSettings object = {}

@allowed(['24'])
@description('Version of Node.js.')
param nodeVersion string = '24'

@allowed([512, 2048, 4096])
@description('Memory of one instance in MB.')
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
@description('Largest number of instances for each function. Each one makes up to SWEEP_CONCURRENCY calls to the cluster at once.')
param maximumInstanceCount int = 40

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
@description('Redundancy of the storage account.')
param storageSku string = 'Standard_ZRS'

@minValue(30)
@maxValue(730)
@description('Days for which Log Analytics keeps telemetry.')
param logRetentionDays int = 30

@description('E-mail address for alerts. Empty: alerts show in the portal and notify nobody.')
param alertEmail string = ''

@minValue(1)
@maxValue(90)
@description('An alert fires when less than this share of the image store\'s disk is free, in percent.')
param freeDiskPercent int = 10

@description('Resource id of an existing subnet for the app, delegated to Microsoft.App/environments, /27 or larger. Empty: the app reaches the cluster over the internet.')
param appSubnetId string = ''

@description('Resource id of an existing subnet for private endpoints. With it the storage account is private, which needs appSubnetId too.')
param privateEndpointSubnetId string = ''

@description('Resource id of the existing zone privatelink.blob.core.windows.net. Empty: the records are created by other means, such as Azure Policy.')
param dnsZoneBlobId string = ''

@description('Resource id of the existing zone privatelink.queue.core.windows.net.')
param dnsZoneQueueId string = ''

@description('Resource id of the existing zone privatelink.table.core.windows.net.')
param dnsZoneTableId string = ''

@description('Resource id of the existing zone privatelink.azurewebsites.net. Only used with publicInbound false.')
param dnsZoneSitesId string = ''

@description('Whether the app answers HTTP calls from the internet. With false it has a private endpoint, in privateEndpointSubnetId.')
param publicInbound bool = true

var allTags = union(tags, { 'azd-env-name': environmentName })
var certificateIdParts = split(certificateResourceId, '/')
var isSecretId = length(certificateIdParts) == 11 && toLower(certificateIdParts[?7] ?? '') == 'vaults' && toLower(certificateIdParts[?9] ?? '') == 'secrets'

var checkedCertificateResourceId = authentication != 'certificate'
  ? ''
  : isSecretId
      ? certificateResourceId
      : fail('certificateResourceId must be the resource id of a Key Vault secret when authentication is certificate.')
var checkedEntraScope = authentication != 'entra'
  ? ''
  : !empty(entraScope) ? entraScope : fail('entraScope is required when authentication is entra.')
var checkedAppSubnetId = empty(privateEndpointSubnetId) || !empty(appSubnetId)
  ? appSubnetId
  : fail('privateEndpointSubnetId makes the storage account private, so appSubnetId is required too.')
var checkedPublicInbound = publicInbound || !empty(privateEndpointSubnetId)
  ? publicInbound
  : fail('publicInbound is false, so privateEndpointSubnetId is required.')
var checkedSweepEvery = !empty(sweepEveryPause)
  ? sweepEveryPause
  : empty(sweepSchedule)
      ? '5m'
      : fail('sweepSchedule is set, so sweepEveryPause is required: the longest pause of that schedule.')

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: empty(resourceGroupName) ? 'rg-${environmentName}' : resourceGroupName
  location: location
  tags: allTags
}

module sweeper 'sweeper.bicep' = {
  name: 'sweeper'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    cluster: {
      endpoints: clusterEndpoints
      name: clusterName
      auth: authentication
      certificateResourceId: checkedCertificateResourceId
      entraScope: checkedEntraScope
      ca: clusterCa
      serverThumbprints: serverThumbprints
      serverCommonNames: serverCommonNames
      serverIssuerThumbprints: serverIssuerThumbprints
      clusterId: clusterId
    }
    sweep: {
      every: checkedSweepEvery
      schedule: sweepSchedule
      staleAfter: staleAfter
      shards: sessionShards
      concurrency: sweepConcurrency
      fanOut: sweepFanOut
      dryRun: sweepDryRun
      maxAttempts: maxAttempts
      outcomeRetention: outcomeRetention
    }
    moreSettings: moreSettings
    network: {
      appSubnetId: checkedAppSubnetId
      privateEndpointSubnetId: privateEndpointSubnetId
      dnsZoneBlobId: dnsZoneBlobId
      dnsZoneQueueId: dnsZoneQueueId
      dnsZoneTableId: dnsZoneTableId
      dnsZoneSitesId: dnsZoneSitesId
      publicInbound: checkedPublicInbound
    }
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    storageSku: storageSku
    logRetentionDays: logRetentionDays
    alertEmail: alertEmail
    freeDiskPercent: freeDiskPercent
  }
}

// azd writes outputs into the environment, where later commands and the hooks read them. None is a secret.
output AZURE_SUBSCRIPTION_ID string = subscription().subscriptionId
output AZURE_RESOURCE_GROUP string = group.name
output SWEEPER_APP_NAME string = sweeper.outputs.appName
output SWEEPER_APP_HOST string = sweeper.outputs.appHost
output SWEEPER_IDENTITY_PRINCIPAL_ID string = sweeper.outputs.identityPrincipalId
output SWEEPER_STORAGE_ACCOUNT string = sweeper.outputs.storageAccountName
output SWEEPER_CLUSTER_AUTH string = authentication
output SWEEPER_CLUSTER_APPLICATION string = checkedEntraScope
