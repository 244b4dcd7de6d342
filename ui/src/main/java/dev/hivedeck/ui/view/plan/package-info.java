/**
 * The plan: what is wanted, when it counts as met, and which tasks lead there. It plans nothing
 * itself; plans come in from files.
 */
package dev.hivedeck.ui.view.plan;
