import { clusterAccess, sweepOptions } from '../types.bicep'

@description('Name of the function app.')
param name string
@description('Name of the plan.')
param planName string
@description('Azure region.')
param location string
@description('Tags.')
param tags object
@description('Resource id of the identity.')
param identityId string
@description('Client id of the identity.')
param identityClientId string
@description('Name of the storage account.')
param storageName string
@description('Blob container for the deployed package.')
param deploymentContainer string
@description('Name of the Application Insights component.')
param insightsName string
@description('How the app reaches the cluster.')
param cluster clusterAccess
@description('When and how it sweeps, with its schedule.')
param sweep sweepOptions
@description('More app settings. Those of the template take precedence.')
param moreSettings object
@description('Names of the tables.')
param tables { sessions: string, outcomes: string, runs: string }
@description('Name of the queue for fanned-out sweeps.')
param queueName string
@description('Resource id of the existing subnet of the app, or empty.')
param appSubnetId string
@description('Whether the app answers HTTP calls from the internet.')
param publicInbound bool
@description('Version of Node.js.')
param nodeVersion string
@description('Memory of one instance in MB.')
param instanceMemoryMB int
@description('Largest number of instances for each function.')
param maximumInstanceCount int

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

var storageHost = environment().suffixes.storage
var secretIdParts = split(cluster.certificateResourceId, '/')
// Without a version, so that the platform follows the rotation of the certificate.
var certificateReference = '@Microsoft.KeyVault(SecretUri=https://${secretIdParts[?8] ?? ''}${environment().suffixes.keyvaultDns}/secrets/${secretIdParts[?10] ?? ''})'

var platformSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: 'https://${storageName}.blob.${storageHost}'
  AzureWebJobsStorage__queueServiceUri: 'https://${storageName}.queue.${storageHost}'
  AzureWebJobsStorage__tableServiceUri: 'https://${storageName}.table.${storageHost}'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

var clusterSettings = {
  CLUSTER_ENDPOINTS: cluster.endpoints
  CLUSTER_NAME: cluster.name
  CLUSTER_AUTH: cluster.auth
  CLUSTER_CA: cluster.ca
  CLUSTER_SERVER_THUMBPRINTS: cluster.serverThumbprints
  CLUSTER_SERVER_COMMON_NAMES: cluster.serverCommonNames
  CLUSTER_SERVER_ISSUER_THUMBPRINTS: cluster.serverIssuerThumbprints
  CLUSTER_ID: cluster.clusterId
}

var authenticationSettings = cluster.auth == 'certificate'
  ? { CLUSTER_CLIENT_CERTIFICATE: certificateReference }
  : cluster.auth == 'entra'
      ? { CLUSTER_ENTRA_SCOPE: cluster.entraScope, CLUSTER_ENTRA_CLIENT_ID: identityClientId }
      : {}

var sweepSettings = {
  SESSION_STORAGE: 'AzureWebJobsStorage'
  SESSION_TABLE: tables.sessions
  OUTCOME_TABLE: tables.outcomes
  RUN_TABLE: tables.runs
  SESSION_SHARDS: string(sweep.shards)
  SWEEP_SCHEDULE: sweep.schedule
  STALE_AFTER: sweep.staleAfter
  SWEEP_CONCURRENCY: string(sweep.concurrency)
  SWEEP_FAN_OUT: toLower(string(sweep.fanOut))
  SWEEP_DRY_RUN: toLower(string(sweep.dryRun))
  SWEEP_QUEUE: queueName
  MAX_ATTEMPTS: string(sweep.maxAttempts)
  OUTCOME_RETENTION: sweep.outcomeRetention
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'sweeper' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: publicInbound ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(appSubnetId) ? null : appSubnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageName}.blob.${storageHost}/${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(moreSettings, platformSettings, clusterSettings, authenticationSettings, sweepSettings)
  }

  // Deployments authenticate with Entra ID; the passwords of the publishing profile have no use.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('Resource id of the app.')
output id string = app.id
@description('Host name of the app.')
output host string = app.properties.defaultHostName
