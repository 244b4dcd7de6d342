/**
 * How the desktop looks, and the facts of the workspace: trust, kept work, differences between
 * ledger and world, addresses. Nothing here is deleted; kept work is restored, differences
 * repaired.
 */
package dev.hivedeck.ui.view.settings;
