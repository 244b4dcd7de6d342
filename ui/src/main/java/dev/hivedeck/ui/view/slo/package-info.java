/** The screen of service level objectives: budgets, burn rates and alerts. */
package dev.hivedeck.ui.view.slo;
