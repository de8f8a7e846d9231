/**
 * The made-up tenant of the identity endpoint and the secured cluster: its id, the two applications of a cluster, and the identity of
 * an app.
 */
export const TENANT = '3f0a9c52-6d1b-4a77-9f0e-52c4f1a7b910';
export const CLUSTER_APPLICATION = '8c1d6b0e-2f43-4c6a-9a5d-0b7e3d9f4a21';
export const CLIENT_APPLICATION = 'e57b2a94-71c8-4d0f-8b36-9a1c5e8d2f63';
/** The client id of the system-assigned identity. */
export const SYSTEM_IDENTITY = '1b9e4d70-5a2c-4f86-b3d1-7c0e6a8f9d54';
/** The resource of storage tokens. */
export const STORAGE_RESOURCE = 'https://storage.azure.com';
