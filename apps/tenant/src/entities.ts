import { Admin } from '#admin';
import { AuditEntry, Notification, ShopEvent } from '#audit';
import { EgressEntry } from '#egress';
import { EventHook, HookAttempt, HookDelivery } from '#event-hooks';
import { HubAnswer } from '#feed';
import { HubContactEntry, HubKeySet, HubRegistration, InstanceIdentity, WebhookSecret } from '#hub';
import { HubDelivery } from '#hub-events';
import { InstallJob, InstallStepEntry, PluginMigration, PluginSnapshot, PublisherPin } from '#installer';
import { HubRevocations, License, LicenseRequest } from '#licenses';
import { OutcomeConsent } from '#outcomes';
import { Plugin, PluginDataDrop, PluginRelease, PluginValue } from '#plugins';
import { HubMetadataFile, HubRoot } from '#tuf';
import { SavedPolicy, UpdateCheck } from '#updates';

/** The list of tables; nothing else. */
export const ENTITIES = [
  Admin,
  AuditEntry,
  EgressEntry,
  EventHook,
  HookAttempt,
  HookDelivery,
  HubAnswer,
  HubContactEntry,
  HubDelivery,
  HubKeySet,
  HubMetadataFile,
  HubRegistration,
  HubRevocations,
  HubRoot,
  InstallJob,
  InstallStepEntry,
  InstanceIdentity,
  License,
  LicenseRequest,
  Notification,
  OutcomeConsent,
  Plugin,
  PluginDataDrop,
  PluginMigration,
  PluginRelease,
  PluginSnapshot,
  PluginValue,
  PublisherPin,
  SavedPolicy,
  ShopEvent,
  UpdateCheck,
  WebhookSecret,
];
