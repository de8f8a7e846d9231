using '../main.bicep'

param environmentName = 'sweeper-none'
param location = 'westeurope'
param clusterEndpoints = 'http://10.0.0.4:19080'
