/** The screen Audit: who did what, by which entry point, with what outcome. It changes nothing. */
package dev.hivedeck.ui.view.audit;
