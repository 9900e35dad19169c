// One entry, one manifest. Django finds the built files through frontend_dist/manifest.json (django-vite).
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/vite/',
  publicDir: false,
  resolve: { preserveSymlinks: true }, // a checkout may share another's node_modules: the manifest names them all the same
  build: {
    outDir: 'frontend_dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // phones of 2021 and later; older ones get pages that work without script
    target: ['chrome87', 'edge88', 'firefox87', 'safari14.1'],
    modulePreload: { polyfill: false },
    // data: fonts and pictures would need a wider content security policy
    assetsInlineLimit: 0,
    // htmx holds an eval for hx-on and js: values; allowEval=false keeps it asleep
    rolldownOptions: { input: 'frontend/main.js', checks: { eval: false } },
  },
  css: {
    // Bootstrap 5.3 is written for Sass's @import
    preprocessorOptions: {
      scss: { quietDeps: true, silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'] },
    },
  },
})
