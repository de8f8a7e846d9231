/**
 * A GUID as Service Fabric's HTTP gateway reads it: exactly 36 characters, hyphens at 8, 13, 18 and 23, the rest hex digits in
 * lower or upper case, of any UUID version; no braces.
 *
 * @see Common/Guid.cpp of microsoft/service-fabric
 */
export const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
