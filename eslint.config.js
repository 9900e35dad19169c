import js from '@eslint/js'
import globals from 'globals'

export default [
  { ignores: ['frontend_dist/', 'node_modules/', '.venv/', '.local/'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: globals.browser },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      // eval in any dress breaks under the content security policy
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
    },
  },
]
